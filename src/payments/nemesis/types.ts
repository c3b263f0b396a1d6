/** Something that can be taken away from the backend and always comes back. */
export interface Outage {
  readonly isDown: boolean
  /** Resolves when the command has ended; throws where it failed, and has it up again then. */
  down(): Promise<void>
  up(): Promise<void>
}

export interface StoreProxy {
  readonly port: number
  /** Breaks every connection and refuses new ones. */
  cut(): void
  /** Lets bytes through again. */
  mend(): void
  /** Holds every chunk back for so many milliseconds; 0 for none. */
  delay(ms: number): void
  readonly connections: number
  close(): Promise<void>
}

/** What may be done to the surroundings of the target; absent where the contract does not allow it. */
export interface Nemesis {
  /** The data store away: by the contract's commands, else by cutting the proxy. */
  db?: Outage
  mail?: Outage
  audit?: Outage
  dbProxy?: StoreProxy
  /** Brings everything back and stops the proxy. */
  close(): Promise<void>
}
