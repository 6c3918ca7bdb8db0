/** A log without what differs between two runs of the same job: ids of resources, and how long things took. */
export const undated = (log: string): string =>
  log
    .replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'ID')
    .replaceAll(/(after|\[) ?[0-9hms]+s( elapsed)?/g, 'TIME')
    .replaceAll(/\[\S+ elapsed\]/g, 'TIME');
