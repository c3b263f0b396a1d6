import { z } from 'zod'

/** Where the WAL of a base backup is archived, and up to where it is replayed. Without a target, to the end. */
export const recoverySchema = z.strictObject({
  wal: z.string().min(1).optional().describe('Folder of archived WAL segments, only read'),
  targetTime: z.string().min(1).optional().describe('2026-01-05 12:00:00+00'),
  targetName: z.string().min(1).optional().describe('A restore point'),
  targetLsn: z
    .string()
    .regex(/^[0-9A-F]+\/[0-9A-F]+$/i)
    .optional(),
  inclusive: z.boolean().default(true),
  superuser: z.string().min(1).default('postgres').describe('Name of a superuser of the source'),
})

export type Recovery = z.output<typeof recoverySchema>

/** Settings that replay archived WAL; undefined when the WAL inside the backup is all there is. */
export function recoverySettings(recovery: Recovery, walDir: string | undefined): Record<string, string> | undefined {
  if (walDir === undefined) return undefined
  const { targetTime, targetName, targetLsn, inclusive } = recovery
  return {
    // `%` is the setting's own sign, the quotes are the shell's; nothing of it comes from anybody but us.
    restore_command: `cp '${walDir.replaceAll('%', '%%').replaceAll("'", "'\\''")}/%f' "%p"`,
    recovery_target_action: 'promote',
    recovery_target_inclusive: inclusive ? 'on' : 'off',
    ...(targetTime !== undefined && { recovery_target_time: targetTime }),
    ...(targetName !== undefined && { recovery_target_name: targetName }),
    ...(targetLsn !== undefined && { recovery_target_lsn: targetLsn }),
  }
}
