package store_test

const (
	crashDir = "HOTLINE_CRASH_DIR"
	crashDSN = "HOTLINE_CRASH_DSN"
)

func crashChild(dir, dsn string) {}
