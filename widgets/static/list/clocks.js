// What the channels' clocks say just now, by which messaging windows close; a simulated channel has a time of its own.

export class Clocks {
  constructor() {
    this.skew = 0;
    this.ahead = {};
  }

  /**
   * `now`: the kernel's time as this was told; `ahead`: seconds by which the clocks of channels are ahead of it.
   * Returns whether one of them was set.
   */
  set(now, ahead) {
    const before = JSON.stringify(this.ahead);
    this.skew = Date.parse(now) - Date.now();
    this.ahead = ahead;
    return before !== JSON.stringify(ahead);
  }

  of(channel) {
    return new Date(Date.now() + this.skew + 1000 * (this.ahead[channel] ?? 0));
  }
}
