/* See clock.h. */
#define _POSIX_C_SOURCE 200809L

#include "clock.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

double WallClock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static double Microseconds(struct timeval time) {
  return (double)time.tv_sec * 1e6 + (double)time.tv_usec;
}

/* The same two figures that process.cpuUsage() gives in Node. */
double ProcessorTime(void) {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  return Microseconds(usage.ru_utime) + Microseconds(usage.ru_stime);
}

static int Compare(const void *left, const void *right) {
  const double a = *(const double *)left;
  const double b = *(const double *)right;
  return (a > b) - (a < b);
}

double Median(double *values, long count) {
  if (count == 0) return 0;
  qsort(values, (size_t)count, sizeof *values, Compare);
  return values[count / 2];
}
