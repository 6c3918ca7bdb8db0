#!/usr/bin/env node
'use strict';
// Written for any Node.js: one that is too old hands over to the project's own, or says what to install.
var fs = require('fs');
var path = require('path');

var NEEDED = [22, 19];
var root = path.join(__dirname, '..');
var found = process.versions.node.split('.').map(Number);

if (found[0] > NEEDED[0] || (found[0] === NEEDED[0] && found[1] >= NEEDED[1])) start();
else handOver(path.join(root, 'node_modules', '.bin', 'node'));

function start() {
  keepCompiled();
  var bundle = path.join(root, 'dist', 'cli.js');
  var source = path.join(root, 'src', 'cli', 'main.ts');
  var file = fs.existsSync(bundle) ? bundle : source;
  // The program looks at its own name in places where a program may be started directly.
  process.argv[1] = file;
  import(require('url').pathToFileURL(file).href).catch(function (error) {
    console.error(error);
    process.exit(1);
  });
}

/** Compiled code is kept for the next start, in a folder of this user: one that others can write to is no place for code. */
function keepCompiled() {
  var cache = process.env.XDG_CACHE_HOME || (process.env.HOME && path.join(process.env.HOME, '.cache'));
  var enable = require('module').enableCompileCache;
  if (cache && enable) enable(path.join(cache, 'signalbox', 'compiled'));
}

function handOver(node) {
  if (!fs.existsSync(node)) {
    console.error('signalbox needs Node.js ' + NEEDED.join('.') + ' or newer, and this is ' + process.version + '.');
    process.exit(2);
  }
  var child = require('child_process').spawn(node, [__filename].concat(process.argv.slice(2)), { stdio: 'inherit' });
  // The terminal sends these to the child too; passed on, a Ctrl-C would count twice.
  process.on('SIGINT', function () {});
  process.on('SIGQUIT', function () {});
  process.on('SIGHUP', function () {});
  // This one is sent to one process, by a supervisor or a person.
  process.on('SIGTERM', function () {
    child.kill('SIGTERM');
  });
  child.on('error', function (error) {
    console.error('signalbox cannot start ' + node + ': ' + error.message);
    process.exit(1);
  });
  child.on('exit', function (code, signal) {
    if (signal === null) process.exit(code);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
