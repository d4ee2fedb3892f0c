/*
 * The floor: what one operation costs a plain C program on hiredis' asynchronous API and the
 * libuv adapter that comes with it, both as they are. No JSON, no deadlines, no reconnection.
 */
#include <hiredis/async.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

/* After uv.h and async.h: it includes neither by a name that works here. */
#include <hiredis/adapters/libuv.h>

#include "loop.h"

static const char kUsage[] =
    "usage: floor PORT get|get-expiry|set|touch OUTSTANDING WARM_UP_MS DURATION_MS "
    "KEY_PREFIX KEYS VALUE TIME_TO_LIVE_MS\n";

static const char *const kOperations[] = {"get", "get-expiry", "set", "touch"};

static struct Plan plan;
static struct Round round_;

static void OnConnect(const redisAsyncContext *context, int status) {
  if (status == REDIS_OK) return;
  fprintf(stderr, "floor: %s\n", context->errstr);
  exit(1);
}

static int ReadOperation(const char *name) {
  for (int index = 0; index < 4; index++)
    if (strcmp(name, kOperations[index]) == 0) return index;
  return -1;
}

/* Prefixes followed by eight digits, as bench/process/session.js makes them. */
static char **MakeKeys(const char *prefix, long count) {
  const size_t size = strlen(prefix) + 9;
  char **keys = malloc((size_t)count * sizeof *keys);
  for (long index = 0; keys != NULL && index < count; index++) {
    keys[index] = malloc(size);
    if (keys[index] == NULL) return NULL;
    snprintf(keys[index], size, "%s%08ld", prefix, index % 100000000);
  }
  return keys;
}

int main(int argc, char **argv) {
  const int operation = argc == 10 ? ReadOperation(argv[2]) : -1;
  if (operation < 0) {
    fputs(kUsage, stderr);
    return 2;
  }
  plan.operation = (enum Operation)operation;
  plan.outstanding = strtol(argv[3], NULL, 10);
  plan.warm_up = strtod(argv[4], NULL) * 1e3;
  plan.duration = strtod(argv[5], NULL) * 1e3;
  plan.key_count = strtol(argv[7], NULL, 10);
  plan.keys = plan.key_count > 0 ? MakeKeys(argv[6], plan.key_count) : NULL;
  plan.value = argv[8];
  plan.time_to_live = argv[9];
  if (plan.keys == NULL || plan.outstanding < 1) {
    fputs(kUsage, stderr);
    return 2;
  }

  redisAsyncContext *context = redisAsyncConnect("127.0.0.1", (int)strtol(argv[1], NULL, 10));
  if (context == NULL || context->err != 0) {
    fprintf(stderr, "floor: %s\n", context == NULL ? "out of memory" : context->errstr);
    return 1;
  }
  redisLibuvAttach(context, uv_default_loop());
  redisAsyncSetConnectCallback(context, OnConnect);
  StartLoop(context, &plan, &round_);
  uv_run(uv_default_loop(), UV_RUN_DEFAULT);

  printf("{\"operations\":%ld,\"allOperations\":%ld,\"seconds\":%f,\"cpu\":%f,\"latency\":%f}\n",
         round_.operations, round_.all_operations, round_.seconds, round_.cpu, round_.latency);
  return round_.operations > 0 ? 0 : 1;
}
