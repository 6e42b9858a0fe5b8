// Prints what failed, what passed in a second try only, the slowest files and `N passed, N failed` from the JSON of the
// runners; fails when one is missing or has a failure. Of a file that two reports have, the later one counts; a report
// named `-again` need not be there.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const SLOWEST = 10;
const failures = [];
const unsteady = [];
const suites = new Map();
for (const report of process.argv.slice(2)) {
  if (!existsSync(report)) {
    if (!report.endsWith('-again.json'))
      failures.push(`${report} is missing: its runner did not finish`);
    continue;
  }
  for (const suite of JSON.parse(readFileSync(report, 'utf8')).testResults) {
    const earlier = suites.get(suite.name);
    if (earlier) unsteady.push(...failuresOf(earlier, 500));
    suites.set(suite.name, suite);
  }
}

let passed = 0;
const files = [];
for (const suite of suites.values()) {
  files.push({
    name: nameOf(suite),
    seconds: Math.round((suite.endTime - suite.startTime) / 1000),
  });
  failures.push(...failuresOf(suite, 1500));
  for (const test of suite.assertionResults) {
    if (test.status !== 'passed') continue;
    passed += 1;
    if (test.failureMessages.length > 0)
      unsteady.push(`${nameOf(suite)}: ${test.fullName}\n${test.failureMessages[0].slice(0, 500)}`);
  }
}
files.sort((a, b) => b.seconds - a.seconds);
console.log('slowest files:');
for (const { name, seconds } of files.slice(0, SLOWEST)) console.log(`  ${seconds} s  ${name}`);
for (const test of unsteady) console.log(`SECOND TRY ${test}`);
for (const failure of failures) console.log(`FAILED ${failure}`);
process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;
console.log(`${passed} passed, ${failures.length} failed`);

function nameOf(suite) {
  return path.relative(process.cwd(), suite.name);
}

function failuresOf(suite, length) {
  const failed = suite.assertionResults.filter((test) => test.status === 'failed');
  // A file that cannot be loaded has no failed test, but has failed.
  if (suite.status === 'failed' && failed.length === 0)
    return [`${nameOf(suite)} did not run: ${suite.message}`];
  return failed.map(
    (test) =>
      `${nameOf(suite)}: ${test.fullName}\n${test.failureMessages.join('\n').slice(0, length)}`,
  );
}
