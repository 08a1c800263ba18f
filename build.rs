//! Tells cargo which files are compiled in besides sources: a new migration or sample is noticed. Compiles the setting of
//! the allocator.

fn main() {
    for folder in ["src/store/sqlite/migrations", "samples", "profiles"] {
        println!("cargo::rerun-if-changed={folder}");
    }
    println!("cargo::rerun-if-changed=src/allocator.c");
    let headers = std::env::var("DEP_MIMALLOC_INCLUDE_DIR")
        .expect("the allocator's crate tells where its headers are");
    let objects = cc::Build::new()
        .include(headers)
        .file("src/allocator.c")
        .compile_intermediates();
    // Only the binary has the allocator. An object among the arguments is linked although nothing calls it.
    for object in objects {
        println!("cargo::rustc-link-arg-bins={}", object.display());
    }
}
