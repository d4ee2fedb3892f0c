/* See loop.h. The same loop as bench/process/loop.js: the next operation starts when one ends. */
#include "loop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"

/* One operation in so many reads the clock: for its latency, and to end the round. */
enum { kSampleEvery = 16, kMaxSamples = 1 << 20 };

static redisAsyncContext *connection;
static const struct Plan *plan;
static struct Round *result;
static size_t key_length, value_length, time_length;

static int warming_up;
static long begun, ended;
static int over;
static double started, cpu_started, deadline;
static double *samples;
static long sample_count;

static void Begin(void);

static void Fail(const char *what) {
  fprintf(stderr, "floor: %s\n", what);
  exit(1);
}

static void BeginPhase(double duration) {
  begun = ended = sample_count = 0;
  over = 0;
  started = WallClock();
  deadline = started + duration;
  cpu_started = ProcessorTime();
  for (long count = 0; count < plan->outstanding && !over; count++) Begin();
}

static void EndPhase(void) {
  result->all_operations += ended;
  if (warming_up) {
    warming_up = 0;
    BeginPhase(plan->duration);
    return;
  }
  result->operations = ended;
  result->cpu = (ProcessorTime() - cpu_started) / (double)ended;
  result->seconds = (WallClock() - started) / 1e6;
  result->latency = Median(samples, sample_count) / 1e3;
  redisAsyncDisconnect(connection);
}

static void End(void) {
  ended++;
  if (!over)
    Begin();
  else if (ended == begun)
    EndPhase();
}

/* `data` points to the time at which a sampled operation began. */
static void Sample(void *data) {
  double *since = data;
  if (since == NULL) return;
  if (sample_count < kMaxSamples) samples[sample_count++] = WallClock() - *since;
  free(since);
}

static void CheckValue(const redisReply *reply) {
  if (reply == NULL || reply->type != REDIS_REPLY_STRING || reply->len != value_length)
    Fail("GET did not give the session");
}

static void OnValueAndEnd(redisAsyncContext *context, void *reply, void *data) {
  (void)context;
  CheckValue(reply);
  Sample(data);
  End();
}

static void OnValue(redisAsyncContext *context, void *reply, void *data) {
  (void)context;
  (void)data;
  CheckValue(reply);
}

static void OnStatus(redisAsyncContext *context, void *data_reply, void *data) {
  const redisReply *reply = data_reply;
  (void)context;
  if (reply == NULL || reply->type != REDIS_REPLY_STATUS) Fail("SET did not say OK");
  Sample(data);
  End();
}

static void OnInteger(redisAsyncContext *context, void *data_reply, void *data) {
  const redisReply *reply = data_reply;
  (void)context;
  if (reply == NULL || reply->type != REDIS_REPLY_INTEGER || reply->integer < 1)
    Fail("PTTL or PEXPIRE did not find the session");
  Sample(data);
  End();
}

static void Send(redisCallbackFn *callback, void *data, int count, const char **words,
                 const size_t *lengths) {
  if (redisAsyncCommandArgv(connection, callback, data, count, words, lengths) != REDIS_OK)
    Fail("a command was refused");
}

static void *SampleTime(void) {
  double *since = malloc(sizeof *since);
  if (since == NULL) Fail("out of memory");
  *since = WallClock();
  if (*since >= deadline) over = 1;
  return since;
}

static void Begin(void) {
  const long index = begun++;
  const char *key = plan->keys[index % plan->key_count];
  void *data = index % kSampleEvery == 0 ? SampleTime() : NULL;
  switch (plan->operation) {
    case kGet:
      Send(OnValueAndEnd, data, 2, (const char *[]){"GET", key}, (size_t[]){3, key_length});
      break;
    case kGetExpiry:
      Send(OnValue, NULL, 2, (const char *[]){"GET", key}, (size_t[]){3, key_length});
      Send(OnInteger, data, 2, (const char *[]){"PTTL", key}, (size_t[]){4, key_length});
      break;
    case kSet:
      Send(OnStatus, data, 5, (const char *[]){"SET", key, plan->value, "PX", plan->time_to_live},
           (size_t[]){3, key_length, value_length, 2, time_length});
      break;
    case kTouch:
      Send(OnInteger, data, 3, (const char *[]){"PEXPIRE", key, plan->time_to_live},
           (size_t[]){7, key_length, time_length});
      break;
  }
}

void StartLoop(redisAsyncContext *context, const struct Plan *given, struct Round *round) {
  connection = context;
  plan = given;
  result = round;
  key_length = strlen(plan->keys[0]);
  value_length = strlen(plan->value);
  time_length = strlen(plan->time_to_live);
  samples = malloc(kMaxSamples * sizeof *samples);
  if (samples == NULL) Fail("out of memory");
  memset(round, 0, sizeof *round);
  warming_up = 1;
  BeginPhase(plan->warm_up);
}
