import { decode, encode, ExtData, ExtensionCodec } from '@msgpack/msgpack';

/**
 * A value that is known after the apply only. Terraform sends it as an extension of MessagePack: type 0, or type 12 with
 * what is known of it ("not null", "begins with …"). It travels back as it came.
 */
export class Unknown {
  readonly type: number;
  readonly data: Uint8Array;
  constructor(type = 0, data = new Uint8Array([0])) {
    this.type = type;
    this.data = data;
  }
}

const TYPES = [0, 12];
const extensionCodec = new ExtensionCodec();
for (const type of TYPES) {
  extensionCodec.register({
    type,
    encode: (value) => (value instanceof Unknown && value.type === type ? value.data : null),
    decode: (data) => new Unknown(type, data.slice()),
  });
}

/** MessagePack as Terraform writes it → the value; unknown parts are `Unknown`. */
export const readValue = (bytes: Uint8Array): unknown => {
  const value = decode(bytes, { extensionCodec });
  if (value instanceof ExtData) throw new Error(`an extension of type ${value.type} is not of Terraform's protocol`);
  return value;
};

export const toBytes = (value: unknown): Uint8Array => encode(value, { extensionCodec });
