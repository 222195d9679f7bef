export const hundredths = (value: number) => Math.round(value * 100) / 100;
export const tenths = (value: number) => Math.round(value * 10) / 10;
/** Within 0..100, to hundredths. */
export const percentOf = (share: number) => hundredths(100 * Math.min(1, Math.max(0, share)));
/** Memory comes in pages, file systems in blocks: 4 KiB. */
export const pages = (bytes: number) => Math.max(0, Math.round(bytes / 4096)) * 4096;
