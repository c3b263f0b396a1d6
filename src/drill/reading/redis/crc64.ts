/** CRC-64 as Redis has it (Jones' polynomial, reflected), in two halves of 32 bits because numbers of JavaScript end at 53. */
export class Crc64 {
  #high = 0
  #low = 0

  update(bytes: Uint8Array): void {
    let high = this.#high
    let low = this.#low
    for (const byte of bytes) {
      const index = (low ^ byte) & 255
      const nextLow = ((low >>> 8) | (high << 24)) ^ (lows[index] as number)
      high = (high >>> 8) ^ (highs[index] as number)
      low = nextLow
    }
    this.#high = high
    this.#low = low
  }

  get value(): bigint {
    return (BigInt(this.#high >>> 0) << 32n) | BigInt(this.#low >>> 0)
  }
}

const polynomial = 0x95ac9329ac4bc9b5n
const [highs, lows] = tables()

function tables(): [Int32Array, Int32Array] {
  const high = new Int32Array(256)
  const low = new Int32Array(256)
  for (let byte = 0; byte < 256; byte++) {
    let value = BigInt(byte)
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n
    high[byte] = Number(BigInt.asIntN(32, value >> 32n))
    low[byte] = Number(BigInt.asIntN(32, value))
  }
  return [high, low]
}
