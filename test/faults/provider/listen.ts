import { createServer, type Socket } from 'node:net';
import {
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  status,
} from '@grpc/grpc-js';

export interface Service {
  definition: ServiceDefinition;
  /** Method → its answer. What is missing is answered "unimplemented". */
  methods: object;
}
export interface Session {
  services: Service[];
  end(): void;
}

type Answer = (request: object) => object | Promise<object>;
const toHandler =
  (answer: Answer) =>
  async ({ request }: ServerUnaryCall<object, object>, reply: sendUnaryData<object>): Promise<void> => {
    try {
      reply(null, await answer(request));
    } catch (error) {
      reply({ code: status.INTERNAL, details: String(error) });
    }
  };

/** Serves gRPC on a unix socket; each connection has a session of its own, which ends with it. */
export const listen = (path: string, createSession: () => Session): Promise<{ close(): void }> => {
  const sockets = new Set<Socket>();
  const net = createServer((socket) => {
    const session = createSession();
    const server = new Server({ 'grpc.enable_channelz': 0 });
    for (const { definition, methods } of session.services) {
      const handlers = Object.entries(methods).map(([name, answer]) => [name, toHandler(answer)]);
      server.addService(definition, Object.fromEntries(handlers));
    }
    const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
    sockets.add(socket);
    // A killed client resets its connection, which is no error of the server.
    socket.on('error', () => {});
    socket.on('close', () => {
      sockets.delete(socket);
      session.end();
      injector.destroy();
    });
    injector.injectConnection(socket);
  });
  const close = (): void => {
    net.close();
    for (const socket of sockets) socket.destroy();
  };
  return new Promise((resolve, reject) => {
    net.once('error', reject);
    net.listen(path, () => resolve({ close }));
  });
};
