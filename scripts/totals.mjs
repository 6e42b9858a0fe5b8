// Prints what failed, what passed in a second try only, the slowest files and `N passed, N failed` from the JSON of the runners; fails when
// one is missing or has a failure.
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const SLOWEST = 10;
let passed = 0;
const failures = [];
const files = [];
const unsteady = [];
for (const file of process.argv.slice(2)) {
  if (!existsSync(file)) {
    failures.push(`${file} is missing: its runner did not finish`);
    continue;
  }
  const result = JSON.parse(readFileSync(file, 'utf8'));
  passed += result.numPassedTests;
  for (const suite of result.testResults) {
    const name = path.relative(process.cwd(), suite.name);
    files.push({ name, seconds: Math.round((suite.endTime - suite.startTime) / 1000) });
    const failed = suite.assertionResults.filter((test) => test.status === 'failed');
    for (const test of failed)
      failures.push(`${name}: ${test.fullName}\n${test.failureMessages.join('\n').slice(0, 1500)}`);
    for (const test of suite.assertionResults)
      if (test.status === 'passed' && test.failureMessages.length > 0)
        unsteady.push(`${name}: ${test.fullName}\n${test.failureMessages[0].slice(0, 500)}`);
    // A file that cannot be loaded has no failed test, but has failed.
    if (suite.status === 'failed' && failed.length === 0)
      failures.push(`${name} did not run: ${suite.message}`);
  }
}
files.sort((a, b) => b.seconds - a.seconds);
console.log('slowest files:');
for (const { name, seconds } of files.slice(0, SLOWEST)) console.log(`  ${seconds} s  ${name}`);
for (const test of unsteady) console.log(`SECOND TRY ${test}`);
for (const failure of failures) console.log(`FAILED ${failure}`);
process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0;
console.log(`${passed} passed, ${failures.length} failed`);
