void import('./up.mjs').then((up) => up.main(process.argv.slice(2)));
