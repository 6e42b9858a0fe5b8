// pm2 start current/ops/ecosystem.config.cjs     in /var/www/ainotebook, which holds .env and the releases
// Zero downtime: pm2 reload ainotebook-api
module.exports = {
  apps: [
    {
      name: 'ainotebook-api',
      cwd: process.cwd(),
      // Through the name, so that a reload starts the release it leads to by then.
      script: 'current/apps/server/dist/main.js',
      args: 'serve',
      // Under PM2 the server forks no more by itself; say the number in PROCESSES too.
      instances: process.env.INSTANCES || 'max',
      exec_mode: 'cluster',
      env: { NODE_ENV: 'production' },
      // It says `ready` when it takes requests, and finishes what is under way when told to end.
      wait_ready: true,
      listen_timeout: 90_000,
      kill_timeout: 40_000,
      exp_backoff_restart_delay: 200,
      max_memory_restart: '1G',
      error_file: './logs/err.log',
      out_file: './logs/out.log',
      merge_logs: true,
      log_date_format: 'YYYY-MM-DD HH:mm:ss Z',
    },
  ],
};
