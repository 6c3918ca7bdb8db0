// The parts of undici that io/http.ts takes by their files: its main entry brings `fetch`, WebSocket and a mock server along,
// which cost an idle runner 7 MiB and 15 ms of its start.
declare module 'undici/lib/dispatcher/env-http-proxy-agent.js' {
  export { EnvHttpProxyAgent as default } from 'undici';
}
declare module 'undici/lib/api/api-request.js' {
  import type { Dispatcher } from 'undici';
  const request: (this: Dispatcher, options: Dispatcher.RequestOptions) => Promise<Dispatcher.ResponseData>;
  export default request;
}
