#!/usr/bin/env node
// Must parse on Node 10, so that an old Node can be told of rather than be met with a SyntaxError: nothing newer than
// `import()`, and neither `import.meta` nor an `import` line, as before Node 12 this file is no module.

var wanted = '20.19';

if (isOld(process.versions.node)) {
  say(`This is Node ${process.versions.node}, but Livewright needs Node ${wanted} or newer.`, 'Install a newer one.');
} else {
  import('../dist/cli/main.js').then(start, explain);
}

function start(main) {
  main.start();
}

function explain(error) {
  var isUnbuilt = error.code === 'ERR_MODULE_NOT_FOUND' && /dist\/cli\/main\.js' imported/.test(error.message);
  if (!isUnbuilt) throw error;
  say('Livewright has not been compiled yet.', 'Run "npm run build" in its directory first.');
}

function isOld(version) {
  var found = version.split('.').map(Number);
  var least = wanted.split('.').map(Number);
  return found[0] < least[0] || (found[0] === least[0] && found[1] < least[1]);
}

function say(sentence, remedy) {
  console.error(`lb: ${sentence}\n    ${remedy}`);
  process.exitCode = 1;
}
