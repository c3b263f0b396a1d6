import type { BackupHeader } from '../define.ts'

/** Takes what a comment of pg_dump tells into the header; returns the table whose data it announces. */
export function readHeaderComment(text: string, header: BackupHeader): { schema: string; name: string } | undefined {
  const server = /^-- Dumped from database version (\S+)/.exec(text)
  if (server) Object.assign(header, { serverVersion: server[1], serverMajor: majorOf(server[1] as string) })
  const dump = /^-- Dumped by pg_dump version (\S+)/.exec(text)
  if (dump) Object.assign(header, { dumpVersion: dump[1], dumpMajor: majorOf(dump[1] as string) })
  const started = /^-- Started on (\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?: (\S+))?/.exec(text)
  if (started) header.created = `${started[1]}T${started[2]}${/^(UTC|GMT|Z)$/.test(started[3] ?? '') ? 'Z' : ''}`
  const data = /^-- (?:Data for )?Name: (.*); Type: TABLE DATA; Schema: (.*?); Owner: /.exec(text)
  return data ? { name: data[1] as string, schema: data[2] as string } : undefined
}

/** `15.14` is 15, `9.6.24` is 9. */
export const majorOf = (version: string): number => Number.parseInt(version, 10)
