// The browser's recorder, for voices that the browser itself cannot turn into words.

/** A microphone that is open and records. */
export interface Tape {
  /** `grown` hears how many bytes there are, about once a second; `ended` what was recorded, whoever ended it. */
  start(grown: (bytes: number) => void, ended: (recording: Blob) => void): void;
  /** `ended` follows, with all that was said until now. */
  stop(): void;
  /** Closes the microphone; nothing follows. */
  discard(): void;
}

export type OpenTape = () => Promise<Tape>;

/** Speech needs no more; two minutes of it are half of what a server takes. */
const BITS_PER_SECOND = 32_000;
const GROWS_EVERY_MS = 1_000;
const TYPES = ['audio/webm;codecs=opus', 'audio/mp4', 'audio/ogg;codecs=opus'];

/** Null where there is none: old browsers, and pages that came over plain HTTP. */
export function browserTape(): OpenTape | null {
  if (!('MediaRecorder' in globalThis) || !navigator.mediaDevices?.getUserMedia) return null;
  return async () => {
    const audio = { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true };
    const stream = await navigator.mediaDevices.getUserMedia({ audio });
    return new RecorderTape(stream);
  };
}

class RecorderTape implements Tape {
  private readonly recorder_: MediaRecorder;
  private readonly pieces_: Blob[] = [];

  constructor(private readonly stream_: MediaStream) {
    const mimeType = TYPES.find((one) => MediaRecorder.isTypeSupported(one));
    try {
      this.recorder_ = new MediaRecorder(stream_, { audioBitsPerSecond: BITS_PER_SECOND, ...(mimeType && { mimeType }) });
    } catch (thrown) {
      this.close();
      throw thrown;
    }
  }

  start(grown: (bytes: number) => void, ended: (recording: Blob) => void): void {
    this.recorder_.ondataavailable = ({ data }) => {
      this.pieces_.push(data);
      grown(this.pieces_.reduce((sum, piece) => sum + piece.size, 0));
    };
    // Also when the microphone is unplugged, or taken away.
    this.recorder_.onstop = () => {
      this.close();
      ended(new Blob(this.pieces_, { type: this.recorder_.mimeType }));
    };
    this.recorder_.start(GROWS_EVERY_MS);
  }

  stop(): void {
    if (this.recorder_.state !== 'inactive') this.recorder_.stop();
  }

  discard(): void {
    this.recorder_.ondataavailable = this.recorder_.onstop = null;
    this.stop();
    this.close();
  }

  /** Otherwise the browser goes on saying that it listens. */
  private close(): void {
    for (const track of this.stream_.getTracks()) track.stop();
  }
}
