// One-time codes by time: RFC 6238 with HMAC-SHA-256, the key never leaves the browser's own cryptography.
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Bytes of base32 text (RFC 4648), padding or none. */
export const bytesOf = (text) => {
  let bits = 0;
  let held = 0;
  const bytes = [];
  for (const sign of text.toUpperCase().replace(/=+$/, "")) {
    const value = BASE32.indexOf(sign);
    if (value < 0) throw new TypeError("not base32");
    held = (held << 5) | value;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes.push((held >> bits) & 255);
      held &= (1 << bits) - 1;
    }
  }
  return new Uint8Array(bytes);
};

/** A key that can sign and can never be read again. */
export const keyOf = (secret) => crypto.subtle.importKey("raw", bytesOf(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

/** The code of the step that `seconds` (Unix time) fall into. */
export const codeAt = async (key, seconds, { step, digits }) => {
  const counter = new DataView(new ArrayBuffer(8));
  counter.setBigUint64(0, BigInt(Math.floor(seconds / step)));
  const mac = new DataView(await crypto.subtle.sign("HMAC", key, counter.buffer));
  const offset = mac.getUint8(mac.byteLength - 1) & 15;
  const number = mac.getUint32(offset) & 0x7fffffff;
  return String(number % 10 ** digits).padStart(digits, "0");
};
