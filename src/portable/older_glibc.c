// For the prebuilt addon on glibc: what the compiler's static C++ library takes from the glibc that
// it was built with, but what glibc 2.28, Node's own floor, has under an older name or not at all.
// scripts/prebuild.js refuses a binary that needs more; then a line is missing here.
// Everything here is hidden in the addon.

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#if defined(__x86_64__)
#define OLDEST "GLIBC_2.2.5"
#elif defined(__aarch64__)
#define OLDEST "GLIBC_2.17"
#else
#error "Which is the oldest glibc for this processor?"
#endif

// Moved from libpthread, which Node has always loaded, to libc in 2.34, under a new version. The
// linker puts __wrap_NAME wherever NAME is called (--wrap, in cmake/Portable.cmake).
#define OLDER(type, name, parameters, arguments)         \
  type older_##name parameters;                          \
  __asm__(".symver older_" #name ", " #name "@" OLDEST); \
  type __wrap_##name parameters;                         \
  type __wrap_##name parameters { return older_##name arguments; }

OLDER(int, pthread_once, (int *control, void (*routine)(void)), (control, routine))
OLDER(int, pthread_key_create, (unsigned *key, void (*destroy)(void *)), (key, destroy))
OLDER(int, __pthread_key_create, (unsigned *key, void (*destroy)(void *)), (key, destroy))
OLDER(int, pthread_key_delete, (unsigned key), (key))
OLDER(int, pthread_setspecific, (unsigned key, const void *value), (key, value))
OLDER(void *, pthread_getspecific, (unsigned key), (key))

// Since 2.32. Whether atomic operations can be done without: no.
char __libc_single_threaded = 0;

// Since 2.36, for std::random_device. getentropy has been there since 2.25 and fails only where
// the system has no random numbers to give.
uint32_t arc4random(void);
uint32_t arc4random(void) {
  uint32_t number;
  if (getentropy(&number, sizeof(number)) != 0) abort();
  return number;
}

// Since 2.35, for the search of handlers when an exception is thrown: nobody here handles any, a
// throw ends the process.
int _dl_find_object(void *address, void *result);
int _dl_find_object(void *address, void *result) {
  (void)address;
  (void)result;
  return -1;
}
