'use strict';

// What the benchmark's processes are told, and what they count.

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { drawArrivals } = require('../../bench/process/arrivals');
const { InstructionCounter, parseCount } = require('../../bench/process/instructions');
const { openLoop } = require('../../bench/process/open-loop');
const { measureSet } = require('../../bench/rounds');

describe('arrivals', () => {
  const schedule = { rate: 5000, milliseconds: 4000, seed: 7 };

  it('are the same for the same seed, and others for another', () => {
    expect(drawArrivals(schedule)).toEqual(drawArrivals(schedule));
    expect(drawArrivals({ ...schedule, seed: 8 })).not.toEqual(drawArrivals(schedule));
  });

  it('come at the rate asked for, as those of a Poisson process', () => {
    const arrivals = drawArrivals(schedule);
    expect(arrivals.length).toBeGreaterThan(19_300);
    expect(arrivals.length).toBeLessThan(20_700);
    const gaps = arrivals.slice(1).map((time, index) => time - arrivals[index]);
    const mean = gaps.reduce((sum, gap) => sum + gap, 0) / gaps.length;
    const variance = gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length;
    // An exponential distribution's deviation is its mean.
    expect(Math.sqrt(variance) / mean).toBeGreaterThan(0.95);
    expect(Math.sqrt(variance) / mean).toBeLessThan(1.05);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
  });

  it('are one at least', () => {
    expect(drawArrivals({ rate: 1, milliseconds: 1, seed: 1 })).toHaveLength(1);
  });
});

describe('the open loop', () => {
  it('counts a stall for all that were due meanwhile', async () => {
    const schedule = { rate: 1000, milliseconds: 1000, seed: 3 };
    const stall = 300;
    const operation = (index, done) => {
      if (index === 100) {
        const until = performance.now() + stall;
        while (performance.now() < until);
      }
      setImmediate(done);
    };
    const { operations, p50, p99 } = await openLoop(operation, schedule);
    expect(operations).toBe(drawArrivals(schedule).length);
    // Of 1,000 in a second some 300 were due during the stall: the first of them waited longest.
    expect(p99).toBeGreaterThan(stall * 0.9);
    expect(p50).toBeGreaterThanOrEqual(0);
  });

  it('fails with its operation', async () => {
    const schedule = { rate: 1000, milliseconds: 50, seed: 1 };
    const operation = (_index, done) => done(new Error('no such session'));
    await expect(openLoop(operation, schedule)).rejects.toThrow('no such session');
  });
});

describe('a set of rounds', () => {
  it('adds up what is counted per operation, and takes medians of the rest', async () => {
    const rounds = [
      { operations: 100, seconds: 1, cpu: 2, latency: 5 },
      { operations: 300, seconds: 1, cpu: 4, latency: 7 },
    ];
    const { row } = await measureSet([{ id: 'one' }], 2, async (_one, round) => rounds[round]);
    expect(row.one).toMatchObject({ operations: 400, cpu: 3.5, throughput: 200, latency: 6 });
  });

  it('has two take turns as A B B A', async () => {
    const order = [];
    await measureSet([{ id: 'A' }, { id: 'B' }], 4, async ({ id }) => {
      order.push(id);
      return { operations: 1, seconds: 1, cpu: 1 };
    });
    expect(order.join('')).toBe('ABBAABBA');
  });
});

describe('instructions', () => {
  it.each([
    ['469106,,instructions:u,100.00,0.553,insn per cycle\n', 469106],
    ['# started\n\n12,,cycles:u,1\n7,,instructions:u,1\n', 7],
    ['<not supported>,,instructions:u,0,100.00,,\n', NaN],
    ['<not counted>,,instructions:u,0,100.00,,\n', NaN],
    ['', NaN],
  ])('of perf are read: %j', (text, count) => {
    expect(parseCount(text, 'instructions:u')).toBe(count);
  });

  describe('with a perf that counts its commands', () => {
    // Few virtual machines let perf count: this one answers as it does, and counts how often it
    // was told to begin.
    const PERF = `#!${process.execPath}
      const { Socket } = require('node:net');
      const answers = new Socket({ fd: 4 });
      let count = 0;
      new Socket({ fd: 3 }).setEncoding('utf8').on('data', (text) => {
        if (text.startsWith('enable')) count++;
        answers.write('ack\\n');
      });
      process.on('SIGINT', () => {
        process.stderr.write(count + ',,instructions:u,100,100.00,,\\n');
        process.exit(0);
      });
    `;
    const { PATH } = process.env;
    let folder;
    beforeAll(() => {
      folder = fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-perf-'));
      fs.writeFileSync(path.join(folder, 'perf'), PERF, { mode: 0o755 });
      process.env.PATH = `${folder}${path.delimiter}${PATH}`;
    });
    afterAll(() => {
      process.env.PATH = PATH;
      fs.rmSync(folder, { recursive: true, force: true });
    });

    it('they are counted between resume and pause', async () => {
      const counter = new InstructionCounter(process.pid);
      for (let slice = 0; slice < 3; slice++) {
        await counter.resume();
        await counter.pause();
      }
      expect(await counter.stop()).toBe(3);
    });
  });
});
