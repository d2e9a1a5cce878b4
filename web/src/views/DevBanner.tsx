/** Said on every screen while the server lets this page make its own tokens. */
export function DevBanner() {
  return (
    <p className="dev-banner">
      <strong>Development mode:</strong> this page may mint its own tokens, only from this machine.
    </p>
  );
}
