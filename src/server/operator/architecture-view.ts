import { SignalboxError } from '../../protocol/errors.ts';
import type { ArchitectureView } from '../../protocol/rest.ts';
import type { Database } from '../store/store.ts';

/** Architectures of an organisation as people see them, by name; with the head of their state. */
export const listArchitectures = async (
  db: Database,
  organisation: string,
  only: { id?: string; name?: string } = {},
): Promise<ArchitectureView[]> => {
  let query = db
    .selectFrom('architecture as a')
    .leftJoinLateral(
      (eb) =>
        eb
          .selectFrom('state_version as s')
          .select(['s.lineage', 's.serial', 's.sha256'])
          .whereRef('s.architecture_id', '=', 'a.id')
          .orderBy('s.serial', 'desc')
          .limit(1)
          .as('head'),
      (join) => join.onTrue(),
    )
    .select(['a.id', 'a.name', 'a.kind', 'a.tool_version', 'a.lock_job_id', 'a.created_at'])
    .select(['head.lineage', 'head.serial', 'head.sha256'])
    .where('a.org_id', '=', organisation)
    .orderBy('a.name');
  if (only.id !== undefined) query = query.where('a.id', '=', only.id);
  if (only.name !== undefined) query = query.where('a.name', '=', only.name);
  const rows = await query.execute();
  return rows.map(({ lineage, serial, sha256, ...row }) => ({
    id: row.id,
    name: row.name,
    kind: row.kind,
    toolVersion: row.tool_version,
    state: lineage !== null && serial !== null && sha256 !== null ? { lineage, serial, sha256 } : null,
    lockedBy: row.lock_job_id,
    createdAt: row.created_at,
  }));
};

/** Throws `NOT_FOUND`, for another organisation's id too. */
export const findArchitecture = async (db: Database, organisation: string, id: string): Promise<ArchitectureView> => {
  const [view] = await listArchitectures(db, organisation, { id });
  if (!view) throw new SignalboxError('NOT_FOUND', { thing: 'architecture', id });
  return view;
};
