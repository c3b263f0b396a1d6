import { join } from 'node:path'
import { sha256 } from './entry.ts'

/**
 * Where things are. An entry is put directly into the folder and keeps its path for ever, because the path is handed out: answers,
 * tests.json and gate files name it. So states are not folders that entries move through; they are records beside the entries:
 *
 *     <epoch ms>-<counter>-<random>_<template>.json   the entry; replaced whole when its state changes, never moved
 *     state/key/<sha256 of the key>                   second name of the entry as it was put: the exactly-once lock
 *     state/log/<id>.<n>.sending                      attempt n was begun; link(2) lets one process win
 *     state/log/<id>.<n>.settled                      how it ended; link(2) again, so it ends once
 *     state/tmp/                                      being written
 *
 * The log is the truth and the entry a view of it: a crash in between leaves an entry that lags behind, and every reader notices.
 * Nothing under state/ ends in `.json`, so a recursive reader counts each message once.
 */
export interface Layout {
  root: string
  keys: string
  log: string
  temp: string
  /** Made when an outbox is opened; the root first. */
  folders: readonly string[]
  entry(id: string): string
  key(key: string): string
  /** Where something is written before it gets its name. */
  writing(name: string): string
  sending(id: string, attempt: number): string
  settled(id: string, attempt: number): string
}

export function createLayout(root: string): Layout {
  const state = join(root, 'state')
  const [keys, log, temp] = [join(state, 'key'), join(state, 'log'), join(state, 'tmp')]
  return {
    root,
    keys,
    log,
    temp,
    folders: [root, state, keys, log, temp],
    entry: (id) => join(root, `${id}.json`),
    key: (key) => join(keys, sha256(key)),
    writing: (name) => join(temp, name),
    sending: (id, attempt) => join(log, `${id}.${attempt}.sending`),
    settled: (id, attempt) => join(log, `${id}.${attempt}.settled`),
  }
}

const logName = /^(.+)\.(\d{1,6})\.(sending|settled)$/

/** A record's file name taken apart; undefined for a file that is none. */
export function parseLogName(name: string): { id: string; attempt: number; step: 'sending' | 'settled' } | undefined {
  const [, id, attempt, step] = logName.exec(name) ?? []
  return id && attempt ? { id, attempt: Number(attempt), step: step as 'sending' | 'settled' } : undefined
}

/** Epoch milliseconds in an id, or undefined for a name of another making. */
export function timeOfId(id: string): number | undefined {
  const [, ms] = /^(\d{13})-\d{4,}-[0-9a-z]+_/.exec(id) ?? []
  return ms ? Number(ms) : undefined
}
