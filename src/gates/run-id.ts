const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** An id that sorts by time: ten characters of milliseconds and sixteen at random, as in the ULID specification. `random` is 0 to 1. */
export function createRunId(now: number, random: () => number): string {
  let time = ''
  for (let rest = now, digit = 0; digit < 10; digit++) {
    time = alphabet[rest % 32]! + time
    rest = Math.floor(rest / 32)
  }
  return time + Array.from({ length: 16 }, () => alphabet[Math.floor(random() * 32)]!).join('')
}
