"""What two models or scenarios differ in: in words (`difference_words`), as tables of runs, and as it is printed."""
