'use strict';

// Times in the visitor's own time zone, and the countdown to the end of the session.

const times = document.querySelectorAll('time');
const countdown = document.getElementById('countdown');
const left = document.getElementById('left');

/** @param {number} ms */
function duration(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const two = (number) => String(number).padStart(2, '0');
  const minutes = `${Math.floor(seconds / 60) % 60}`;
  const hours = Math.floor(seconds / 3600);
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}

/** @param {number} ms */
function ago(ms) {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return `${Math.floor(seconds / 3600)} h ago`;
}

function update() {
  const now = Date.now();
  for (const time of times) {
    const moment = new Date(time.dateTime);
    time.title = moment.toLocaleString();
    time.textContent =
      time.dataset.show === 'ago' ? ago(now - moment) : moment.toLocaleTimeString();
  }
  if (!countdown) return;
  const ms = Number(countdown.dataset.expires) - now;
  countdown.textContent = ms > 0 ? duration(ms) : 'ended';
  left.value = ms / Number(countdown.dataset.maxAge);
}

update();
setInterval(update, 1000);
