/**
 * Runs NocoDB on this machine only: `node start.js`.
 *
 * Reads from the environment:
 *   PORT                               port on 127.0.0.1 (8080); 0 takes a free one
 *   NC_TOOL_DIR                        where noco.db and the attachments lie (required)
 *   NC_ADMIN_EMAIL, NC_ADMIN_PASSWORD  the super admin; NocoDB resets his password to this one at each start
 *   HOUQIN_NOCO_BIND                   another address to listen on, e.g. behind the school's TLS proxy
 *
 * Prints one line `ready <address>` on stdout once tables can be used, and leaves cleanly on SIGTERM or SIGINT.
 */
'use strict';

const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');

process.chdir(__dirname); // NocoDB reads a .env of the current folder: never somebody else's

const folder = process.env.NC_TOOL_DIR;
if (!folder) {
  console.error('请先设置 NC_TOOL_DIR：NocoDB 的数据放在哪个文件夹。');
  process.exit(2);
}
fs.mkdirSync(folder, { recursive: true, mode: 0o700 });

const fixed = {
  NODE_ENV: 'production', // errors without stack traces
  NC_DISABLE_TELE: 'true',
  NC_DISABLE_ERR_REPORTS: 'true',
  NC_DISABLE_PRODUCT_FEED: 'true',
  NC_DISABLE_SUPPORT_CHAT: 'true',
  NC_DISABLE_ONBOARDING_FLOW: 'true', // else everybody is asked, in English, what NocoDB is for
  NC_SECURE_ATTACHMENTS: 'true', // files only by signed, short-lived addresses
  NC_ALLOW_LOCAL_HOOKS: 'true', // the worker's webhook door is on this machine
  NC_DATA_PAYLOAD_LIMIT: '100', // rows a call; near 1000 NocoDB writes them and answers with an error
  NC_ATTACHMENT_FIELD_SIZE: String(50 * 1024 * 1024),
};
Object.assign(process.env, fixed);

// The prebuilt sqlite3 is an ES module; knex looks for the constants on the module itself.
const sqlite = require.resolve('sqlite3');
const loaded = require('sqlite3');
if (loaded.default && !loaded.OPEN_READWRITE) require.cache[sqlite].exports = loaded.default;

const express = require('express');

/** Chinese from the first page on, and no advertisement; what a person chooses later stays. */
const GREETING = `<script>(() => {
  const key = 'nocodb-gui-v2', once = 'houqin-greeted';
  try {
    const seen = JSON.parse(localStorage.getItem(key) || '{}');
    if (!localStorage.getItem(once)) { seen.lang = 'zh-Hans'; localStorage.setItem(once, '1'); }
    seen.giftBannerDismissedCount = 5;
    localStorage.setItem(key, JSON.stringify(seen));
  } catch { /* storage switched off: the page works, in English */ }
})()</script>`;

/** The page may talk to its own server only, whatever a future version would like to call. */
const OWN_ONLY = [
  "default-src 'self' data: blob:",
  "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
  "style-src 'self' 'unsafe-inline'",
  "frame-ancestors 'self'",
].join('; ');

function greet(server) {
  const pages = path.join(path.dirname(require.resolve('nc-lib-gui')), 'dist');
  const page = fs.readFileSync(path.join(pages, 'index.html'), 'utf8').replace('<head>', `<head>${GREETING}`);
  const send = (_request, response) => response.set('Cache-Control', 'no-cache').type('html').send(page);
  server.use((_request, response, next) => {
    response.set('Content-Security-Policy', OWN_ONLY);
    response.set('X-Content-Type-Options', 'nosniff');
    response.set('Referrer-Policy', 'no-referrer');
    next();
  });
  server.get(['/dashboard/', '/dashboard/index.html'], send);
}

/** NocoDB asks GitHub for its newest version, and a feed for news: both are answered here, so nothing leaves. */
function stayHome(server) {
  const version = require('nocodb/package.json').version;
  server.get('/api/v1/version', (_request, response) =>
    response.json({ currentVersion: version, releaseVersion: version }));
  server.get(['/api/v2/feed', '/api/v2/cloud-features'], (_request, response) => response.json([]));
}

async function main() {
  const { Noco } = require('nocodb');
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', 'loopback'); // the audit's addresses are believed from a proxy of ours only
  greet(app);
  stayHome(app);

  const server = http.createServer(app);
  server.keepAliveTimeout = 75_000; // longer than any pause of the worker; 5 s would drop its connections
  server.headersTimeout = 80_000;

  const bind = process.env.HOUQIN_NOCO_BIND || '127.0.0.1';
  await new Promise((done, failed) => {
    server.once('error', failed);
    server.listen(Number(process.env.PORT || 8080), bind, done);
  });
  const address = `http://${bind}:${server.address().port}`;
  process.env.NC_PUBLIC_URL ||= address;

  let leaving = false;
  const leave = () => {
    if (leaving) return;
    leaving = true;
    server.close(() => process.exit(0));
    server.closeIdleConnections();
    setTimeout(() => process.exit(0), 5_000).unref(); // calls still running had their time
  };
  process.on('SIGTERM', leave);
  process.on('SIGINT', leave);

  app.use(await Noco.init({}, server, app));
  console.log(`ready ${address}`);
}

main().catch((error) => {
  const taken = error && error.code === 'EADDRINUSE';
  console.error(taken ? `端口 ${process.env.PORT || 8080} 已被占用，请换一个 PORT。` : error);
  process.exit(1);
});
