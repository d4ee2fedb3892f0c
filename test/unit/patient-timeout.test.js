'use strict';

// What must not be concluded because the event loop was blocked.

const net = require('node:net');
const { once } = require('node:events');
const { setImmediate: turn } = require('node:timers/promises');
const { PatientTimeout } = require('../../lib/borrowed/patient-timeout');

const DELAY = 20;

/** Nothing else runs for `ms`. */
function hold(ms) {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

test('calls back when its time is over, once', async () => {
  let calls = 0;
  const began = performance.now();
  await new Promise((resolve) => {
    new PatientTimeout(() => {
      calls++;
      resolve();
    }, DELAY);
    // It does not keep the process alive.
    setTimeout(() => {}, 10 * DELAY);
  });
  expect(performance.now() - began).toBeGreaterThan(DELAY - 2);
  await turn();
  await turn();
  expect(calls).toBe(1);
});

test('time for which the loop was blocked does not count', async () => {
  const order = [];
  const over = new Promise((resolve) => {
    new PatientTimeout(() => resolve(order.push('over')), DELAY);
  });
  hold(10 * DELAY);
  setTimeout(() => order.push('a timer begun afterwards'), DELAY);
  const awake = setTimeout(() => {}, 2 ** 30);
  await over;
  clearTimeout(awake);
  expect(order).toEqual(['a timer begun afterwards', 'over']);
});

test('what the kernel has received by then comes first', async () => {
  const server = net.createServer((socket) => socket.on('error', () => {}).write('x'));
  const accepted = once(server, 'connection');
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = net.connect(server.address().port, '127.0.0.1');
  try {
    socket.pause();
    const order = [];
    socket.on('data', () => order.push('data'));
    await Promise.all([once(socket, 'connect'), accepted]);
    const over = new Promise((resolve) => {
      new PatientTimeout(() => resolve(order.push('over')), DELAY);
    });
    socket.resume();
    hold(DELAY);
    await over;
    expect(order).toEqual(['data', 'over']);
  } finally {
    socket.destroy();
    server.close();
  }
});

test('cancelled, it never calls back', async () => {
  let calls = 0;
  const timeout = new PatientTimeout(() => calls++, 1);
  timeout.cancel();
  // Also between its time and the end of the turn.
  const late = new PatientTimeout(() => calls++, DELAY);
  await new Promise((resolve) => setTimeout(resolve, DELAY));
  late.cancel();
  await new Promise((resolve) => setTimeout(resolve, DELAY));
  expect(calls).toBe(0);
});
