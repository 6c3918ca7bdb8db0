/** With `SIGNALBOX_TEST_THOROUGH=1` the dearest laws look at every case, not at a sample: every cut, every cage, every broken build. */
export const isThorough = process.env['SIGNALBOX_TEST_THOROUGH'] === '1';
