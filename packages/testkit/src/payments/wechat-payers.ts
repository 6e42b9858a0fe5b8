import { listenOnLoopback } from './http.js';

export type WechatPayersStandIn = Awaited<ReturnType<typeof startWechatPayers>>;

/** A stand-in of the API by which WeChat names who pays inside its browser. */
export async function startWechatPayers({ appId, secret }: { appId: string; secret: string }) {
  const codes = new Map<string, string>();
  let isBusy = false;
  let count = 0;
  const server = await listenOnLoopback(async (req, res) => {
    const { pathname, searchParams } = new URL(req.url ?? '/', 'http://localhost');
    // As WeChat has it: always 200, and not called JSON.
    const say = (answer: object) =>
      void res.writeHead(200, { 'content-type': 'text/plain' }).end(JSON.stringify(answer));
    if (pathname !== '/sns/oauth2/access_token') return void res.writeHead(404).end();
    if (isBusy) return say({ errcode: -1, errmsg: 'system error' });
    if (searchParams.get('appid') !== appId) return say({ errcode: 40013, errmsg: 'no app' });
    if (searchParams.get('secret') !== secret) return say({ errcode: 40125, errmsg: 'no secret' });
    const code = searchParams.get('code') ?? '';
    const openid = codes.get(code);
    codes.delete(code);
    if (openid === undefined) return say({ errcode: 40029, errmsg: 'invalid code' });
    say({ access_token: 'a', expires_in: 7200, refresh_token: 'r', openid, scope: 'snsapi_base' });
  });
  return {
    url: server.url,
    /** A code about somebody, good once. */
    issue: (openId: string): string => {
      count += 1;
      const code = `code-${count}`;
      codes.set(code, openId);
      return code;
    },
    beBusy: (is: boolean) => {
      isBusy = is;
    },
    stop: server.stop,
  };
}
