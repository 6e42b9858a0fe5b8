// Prints `N passed, N failed` from the JSON of the runners; fails when one is missing or has a failure.
import { existsSync, readFileSync } from 'node:fs';

let passed = 0;
let failed = 0;
for (const file of process.argv.slice(2)) {
  if (!existsSync(file)) {
    console.log(`${file} is missing: its runner did not finish`);
    failed += 1;
    continue;
  }
  const result = JSON.parse(readFileSync(file, 'utf8'));
  passed += result.numPassedTests;
  // A file that cannot be loaded has no failed test, but has failed.
  const unloaded = result.testResults.filter(
    (suite) =>
      suite.status === 'failed' && suite.assertionResults.every((test) => test.status !== 'failed'),
  );
  for (const suite of unloaded) console.log(`did not run: ${suite.name}`);
  failed += result.numFailedTests + unloaded.length;
}
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;
console.log(`${passed} passed, ${failed} failed`);
