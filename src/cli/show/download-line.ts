import type { DownloadProgress } from '../../io/tools/releases.ts';

const BAR_WIDTH = 24;
const toMiB = (bytes: number): string => `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

/** `tofu 1.12.6  [██████            ]  27.1 MiB of 81.0 MiB`. */
export const toDownloadLine = ({ tool, version, receivedBytes, totalBytes }: DownloadProgress): string => {
  if (totalBytes === null) return `${tool} ${version}  ${toMiB(receivedBytes)}`;
  const filled = Math.min(BAR_WIDTH, Math.round((BAR_WIDTH * receivedBytes) / Math.max(1, totalBytes)));
  return `${tool} ${version}  [${'█'.repeat(filled)}${' '.repeat(BAR_WIDTH - filled)}]  ${toMiB(receivedBytes)} of ${toMiB(totalBytes)}`;
};
