/* A closed loop of one operation over one connection. */
#ifndef FLOOR_LOOP_H
#define FLOOR_LOOP_H

#include <hiredis/async.h>

enum Operation {
  kGet,       /* GET */
  kGetExpiry, /* GET and PTTL, as connect-hiredis reads a session */
  kSet,       /* SET key value PX milliseconds */
  kTouch      /* PEXPIRE key milliseconds */
};

struct Plan {
  enum Operation operation;
  long outstanding;
  double warm_up;  /* microseconds; not measured */
  double duration; /* microseconds */
  char **keys;
  long key_count;
  const char *value;
  const char *time_to_live; /* milliseconds */
};

struct Round {
  long operations;
  long all_operations; /* with those of the warm-up */
  double seconds;
  double cpu;     /* microseconds per operation */
  double latency; /* median, milliseconds */
};

/* Starts; `*round` is filled and the context disconnected when it is over. */
void StartLoop(redisAsyncContext *context, const struct Plan *plan, struct Round *round);

#endif
