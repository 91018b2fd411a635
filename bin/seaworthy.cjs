#!/usr/bin/env node
'use strict';
// Plain old syntax: this must run far enough on any Node to say that it is too old.
var parts = process.versions.node.split('.');
var major = Number(parts[0]);
var minor = Number(parts[1]);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write('seaworthy needs Node 22.19 or newer; this is ' + process.versions.node + '.\n');
  process.exitCode = 2;
} else {
  import('../dist/cli/bin.js').catch(function (error) {
    process.stderr.write('seaworthy could not start: ' + (error && error.stack ? error.stack : error) + '\n');
    process.exitCode = 2;
  });
}
