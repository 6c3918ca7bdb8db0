// The parts of undici that io/http.ts takes by their files: its main entry brings `fetch`, WebSocket and a mock server along,
// which cost an idle runner 7 MiB. The door itself says what they are.
declare module 'undici/lib/dispatcher/env-http-proxy-agent.js' {
  const EnvHttpProxyAgent: new (options: object) => object;
  export default EnvHttpProxyAgent;
}
declare module 'undici/lib/api/api-request.js' {
  const request: (this: object, options: object) => Promise<object>;
  export default request;
}
