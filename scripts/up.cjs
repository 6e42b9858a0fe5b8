// Runs on any Node, however old, to say in one line what is missing; so: no syntax after ES5 in this file.
// biome-ignore-all lint/style/useTemplate: template literals came after ES5.
'use strict';
var NODE = '20.19';
var NPM = 7;

function refusal() {
  var have = process.versions.node.split('.').map(Number);
  var want = NODE.split('.').map(Number);
  if (have[0] < want[0] || (have[0] === want[0] && have[1] < want[1])) {
    return 'Node ' + NODE + ' or newer is needed; this is ' + have.join('.') + ' (nodejs.org).';
  }
  var npm = /^npm\/(\d+)/.exec(process.env.npm_config_user_agent || '');
  if (npm && Number(npm[1]) < NPM) {
    return 'npm ' + NPM + ' or newer is needed; update it with: npm install -g npm@10';
  }
  return '';
}

var line = refusal();
if (line) {
  console.error(line);
  process.exitCode = 1;
} else {
  // Old engines refuse the very word import(), so it is in a file they never come to read.
  require('./up-import.cjs');
}
