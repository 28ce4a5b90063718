"""What an audit answers: its verdicts, the comparisons behind them, and what the questions of an article come to."""
