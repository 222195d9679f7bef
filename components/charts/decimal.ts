/**
 * Numbers as Recharts asks for them where it proposes ticks. Every frame brings its own ticks, so that floats are exact
 * enough and no page loads arbitrary precision: `next.config.ts` gives Recharts this module instead.
 */
export default class Decimal {
  private readonly value: number;

  constructor(value: Decimal | number | string) {
    this.value = Number(value);
  }

  valueOf(): number {
    return this.value;
  }

  toNumber = (): number => this.value;
  abs = () => new Decimal(Math.abs(this.value));
  add = (other: Decimal | number) => new Decimal(this.value + Number(other));
  sub = (other: Decimal | number) => new Decimal(this.value - Number(other));
  mul = (other: Decimal | number) => new Decimal(this.value * Number(other));
  div = (other: Decimal | number) => new Decimal(this.value / Number(other));
  mod = (other: Decimal | number) => new Decimal(this.value % Number(other));
  pow = (other: Decimal | number) => new Decimal(this.value ** Number(other));
  log = (base: Decimal | number) => new Decimal(Math.log(this.value) / Math.log(Number(base)));
  lt = (other: Decimal | number) => this.value < Number(other);
  lte = (other: Decimal | number) => this.value <= Number(other);
  isint = () => Number.isInteger(this.value);
}
