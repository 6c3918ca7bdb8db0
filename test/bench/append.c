/* One durable record after another, the plain way: append DIRECTORY FILES BYTES MS → records written, and ms taken. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static double now_ms(void) {
  struct timespec at;
  clock_gettime(CLOCK_MONOTONIC, &at);
  return at.tv_sec * 1e3 + at.tv_nsec / 1e6;
}

int main(int argc, char **argv) {
  if (argc != 5) return 2;
  int files = atoi(argv[2]), bytes = atoi(argv[3]);
  int *fds = calloc(files, sizeof *fds);
  char *record = malloc(bytes), path[4096];
  memset(record, 'x', bytes);
  record[bytes - 1] = '\n';
  for (int i = 0; i < files; i++) {
    snprintf(path, sizeof path, "%s/%d", argv[1], i);
    if ((fds[i] = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600)) < 0) return 1;
  }
  double begun = now_ms(), until = begun + atof(argv[4]);
  long records = 0;
  for (; now_ms() < until; records++) {
    off_t at = (off_t)(records / files) * bytes;
    int fd = fds[records % files];
    if (pwrite(fd, record, bytes, at) != bytes || fdatasync(fd) != 0) return 1;
  }
  printf("{\"records\":%ld,\"ms\":%f}\n", records, now_ms() - begun);
  return 0;
}
