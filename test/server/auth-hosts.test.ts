import { describe, expect, it } from 'vitest';
import { createServedHosts } from '../../src/server/auth-hosts.ts';

const hosts = createServedHosts(['https://ci.example.com', 'http://control-plane:7700']);

describe('the names that a control plane answers for', () => {
  it.each(['localhost:7701', '127.0.0.1:7701', '[::1]:7701', 'LOCALHOST:7701', 'ci.example.com', 'control-plane:7700'])(
    '%s is ours',
    (host) => expect(hosts.isServed(host, 7701)).toBe(true),
  );
  it.each([
    'localhost',
    'localhost:7700',
    'evil.example',
    'evil.example:7701',
    '127.0.0.1.evil.example:7701',
    'localhost:7701.evil',
    '',
  ])('%s is foreign', (host) => expect(hosts.isServed(host, 7701)).toBe(false));
  it('a loopback name needs no port where it is 80', () => {
    expect(hosts.isServed('localhost', 80)).toBe(true);
  });
  it.each(['http://localhost:7701', 'http://[::1]:7701', 'https://ci.example.com'])('pages of %s may call', (origin) =>
    expect(hosts.isOwnOrigin(origin, 7701)).toBe(true),
  );
  it.each([
    'null',
    'http://evil.example',
    'http://localhost:3000',
    'http://ci.example.com',
    'https://localhost:7701',
    'localhost:7701',
  ])('pages of %s may not', (origin) => expect(hosts.isOwnOrigin(origin, 7701)).toBe(false));
  it('only a public https address makes cookies secure', () => {
    expect(hosts.isSecure('ci.example.com')).toBe(true);
    expect(hosts.isSecure('control-plane:7700')).toBe(false);
    expect(hosts.isSecure('localhost:7701')).toBe(false);
  });
});
