//! Tells cargo which files are compiled in besides sources: a new migration or sample is noticed.

fn main() {
    for folder in ["src/store/sqlite/migrations", "samples", "profiles"] {
        println!("cargo::rerun-if-changed={folder}");
    }
}
