// How long the call has been connected, for the eye: what the server measured last, and what has passed since as far as
// this page knows. While the line is lost it stands still, and what passed meanwhile is left to the server's next word.

import type { LiveUsage } from '@lifeline/client';

export class ConnectedTime {
  private base_: LiveUsage | null = null;
  /** What passed since the base without the page knowing of it. */
  private unseen_ms_ = 0;
  private lost_at_: number | null = null;

  /** Seconds to show, or null while nothing is known. `now` is the server's clock in milliseconds. */
  seconds(live: LiveUsage | null, line_up: boolean, now: number): number | null {
    if (live !== this.base_) {
      this.base_ = live;
      this.unseen_ms_ = 0;
      if (this.lost_at_ !== null) this.lost_at_ = now;
    }
    if (!line_up) this.lost_at_ ??= now;
    else if (this.lost_at_ !== null) {
      this.unseen_ms_ += Math.max(0, now - this.lost_at_);
      this.lost_at_ = null;
    }
    if (live === null || !live.running) return live?.seconds ?? null;
    const seen_ms = (this.lost_at_ ?? now) - Date.parse(live.at) - this.unseen_ms_;
    return live.seconds + Math.max(0, Math.floor(seen_ms / 1000));
  }
}

/** "Connected for 12 min"; below a minute, and of days, in words that stay true. */
export function connectedWords(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes < 1) return 'Connected for less than a minute';
  if (minutes < 60) return `Connected for ${minutes} min`;
  return `Connected for ${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
