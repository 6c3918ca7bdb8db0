import { join } from 'node:path';
import { loadSync, type ServiceDefinition } from '@grpc/proto-loader';

/** The services of the descriptions beside this file: fields in camel case, enums by name, what is missing left out. */
export const loadServices = (): { provider: ServiceDefinition; health: ServiceDefinition } => {
  const files = ['terraform.proto', 'health.proto'].map((file) => join(import.meta.dirname, file));
  const found = loadSync(files, { enums: String, longs: Number });
  const pick = (name: string): ServiceDefinition => {
    const definition = found[name];
    if (definition === undefined || 'format' in definition) throw new Error(`${name} is not a described service`);
    // Each entry is a method; one may be called "format" only where it is a message.
    return definition as ServiceDefinition;
  };
  return { provider: pick('tfplugin6.Provider'), health: pick('grpc.health.v1.Health') };
};
