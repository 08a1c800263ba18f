/* A setting of the allocator that its crate does not offer, and that Rust cannot make without `unsafe`. */

#include <mimalloc.h>

/* Freed memory goes back to the system after so long, in milliseconds, instead of after 10: the memory of one batch of
   mails serves the next one, instead of being faulted in again. The variable MIMALLOC_PURGE_DELAY has precedence. */
#define KEEP_FREED_MEMORY 200

__attribute__((constructor)) static void keep_freed_memory(void) {
  mi_option_set_default(mi_option_purge_delay, KEEP_FREED_MEMORY);
}
