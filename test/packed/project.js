'use strict';

// Projects of users: temporary folders into which the packed package is installed. What runs in
// them knows nothing of this repository.

const { spawn } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const { plainEnvironment } = require('../../scripts/plain-environment');
const { ROOT, findCommand } = require('../../scripts/setup');
const { version } = require('../../package.json');

const TARBALL = path.join(ROOT, 'build', `connect-hiredis-${version}.tgz`);
const FIXTURES = path.join(__dirname, 'fixtures');
const NPM_OPTIONS = ['--prefer-offline', '--no-audit', '--no-fund'];
const TIMEOUT = 280_000;

/** As a user's shell has it: without what npm and Jest put there for their own. */
function userEnvironment(more = {}) {
  const own = /^(npm_|JEST_|NODE_(ENV|OPTIONS|PATH)$|INIT_CWD$)/;
  const kept = Object.entries(plainEnvironment()).filter(([name]) => !own.test(name));
  return { ...Object.fromEntries(kept), ...more };
}

/**
 * Resolves when the command has ended.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd?: string, env?: object }} [options]
 * @returns {Promise<{ code: number | null, stdout: string, stderr: string }>}
 */
function run(command, args, { cwd, env = {} } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: userEnvironment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), TIMEOUT);
    const output = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) {
      child[name].setEncoding('utf8').on('data', (text) => (output[name] += text));
    }
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, ...output });
    });
  });
}

/** The same for what has to succeed. @returns {Promise<string>} what it wrote */
async function must(command, args, options) {
  const { code, stdout, stderr } = await run(command, args, options);
  if (code === 0) return stdout;
  throw new Error(`${[command, ...args].join(' ')}: exit code ${code}\n${stdout}${stderr}`);
}

class Project {
  constructor() {
    if (!fs.existsSync(TARBALL)) throw new Error(`${TARBALL} is missing: npm run pack`);
    // Its real path, which programs tell of themselves.
    this.folder = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'connect-hiredis-user-')));
    this.write('package.json', { name: 'user', version: '1.0.0', private: true });
  }

  path(...parts) {
    return path.join(this.folder, ...parts);
  }

  /** Of the package, once it is installed. */
  installed(...parts) {
    return this.path('node_modules', 'connect-hiredis', ...parts);
  }

  write(name, content) {
    fs.mkdirSync(path.dirname(this.path(name)), { recursive: true });
    fs.writeFileSync(
      this.path(name),
      typeof content === 'string' ? content : JSON.stringify(content),
    );
  }

  /** Copies scripts of fixtures/. */
  copy(...names) {
    for (const name of names) fs.copyFileSync(path.join(FIXTURES, name), this.path(name));
  }

  run(command, args, options) {
    return run(command, args, { cwd: this.folder, ...options });
  }

  must(command, args, options) {
    return must(command, args, { cwd: this.folder, ...options });
  }

  /** `npm install`: of the package and what else is named. */
  async install(packages = ['express-session'], options = {}) {
    await this.must('npm', ['install', ...NPM_OPTIONS, TARBALL, ...packages], options);
  }

  /** The folder of another project that begins as a copy of parts of this one. */
  copyTo(other, ...parts) {
    for (const part of parts) {
      fs.cpSync(this.path(part), other.path(part), { recursive: true, verbatimSymlinks: true });
    }
  }

  remove() {
    fs.rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Call at the top of a file. @returns a function that makes projects, removed after the tests */
function useProjects() {
  const projects = [];
  afterAll(() => {
    for (const project of projects) project.remove();
  });
  return () => {
    const project = new Project();
    projects.push(project);
    return project;
  };
}

/**
 * A folder for PATH with these commands alone.
 * @param {Project} project in which it is
 * @param {...string} commands
 */
function pathWith(project, ...commands) {
  const folder = fs.mkdtempSync(project.path('commands-'));
  for (const command of ['node', 'npm', 'npx', 'sh', ...commands]) {
    const file = command === 'node' ? process.execPath : findCommand(command);
    if (!file) throw new Error(`${command} is not on the PATH`);
    fs.symlinkSync(fs.realpathSync(file), path.join(folder, command));
  }
  return folder;
}

module.exports = { NPM_OPTIONS, TARBALL, must, pathWith, run, useProjects };
