const SOURCES = ['registry.terraform.io/signalbox/sim', 'registry.opentofu.org/signalbox/sim'];

/** The value of `TF_REATTACH_PROVIDERS`. "Test" keeps Terraform from ending the provider with itself. */
export const toReattach = (socket: string, pid: number): string => {
  const provider = {
    Protocol: 'grpc',
    ProtocolVersion: 6,
    Pid: pid,
    Test: true,
    Addr: { Network: 'unix', String: socket },
  };
  return JSON.stringify(Object.fromEntries(SOURCES.map((source) => [source, provider])));
};
