// The browser's speech recogniser, as far as the page uses it. TypeScript's DOM library does not know it.

export interface Recognition {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  processLocally?: boolean;
  onstart: (() => void) | null;
  onspeechstart: (() => void) | null;
  onresult: ((event: RecognitionResultEvent) => void) | null;
  onerror: ((event: { error: string }) => void) | null;
  onend: (() => void) | null;
  start(): void;
  stop(): void;
  abort(): void;
}

export interface RecognitionResultEvent {
  readonly resultIndex: number;
  readonly results: ArrayLike<{
    readonly isFinal: boolean;
    readonly 0: { readonly transcript: string; readonly confidence: number };
  }>;
}

interface RecognitionClass {
  new (): Recognition;
  available?: (options: { langs: string[]; processLocally: boolean }) => Promise<string>;
}

export function recognitionClass(scope: unknown = globalThis): RecognitionClass | null {
  const { SpeechRecognition, webkitSpeechRecognition } = scope as Record<string, unknown>;
  return (SpeechRecognition ?? webkitSpeechRecognition ?? null) as RecognitionClass | null;
}

/** True only if the browser says that it can recognise this language without sending the voice away. */
export async function recognisesOnDevice(lang: string): Promise<boolean> {
  const known = recognitionClass();
  if (!known?.available) return false;
  try {
    return (await known.available({ langs: [lang], processLocally: true })) === 'available';
  } catch {
    return false;
  }
}
