/* Time that passed, and processor time that this process took; microseconds. */
#ifndef FLOOR_CLOCK_H
#define FLOOR_CLOCK_H

double WallClock(void);
double ProcessorTime(void);

/* Sorts the values. 0 if there are none. */
double Median(double *values, long count);

#endif
